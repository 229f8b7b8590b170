"""The standing cast in an empty database."""

import pytest
from sqlalchemy.orm import Session

from tests.cast import Cast, assemble


@pytest.fixture
def cast(session: Session) -> Cast:
    return assemble(session)
