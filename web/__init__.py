"""The web edge: problem documents, wording, forms, language, guards, the API's glue, templates."""
