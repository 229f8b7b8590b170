"""What may be made a link of."""

import pytest

from kernel.addresses import is_web_address


@pytest.mark.parametrize(
    "text", ["https://lovdata.no/dokument/LF/forskrift/2019-01-01-1#§4", "http://ås.kommune.no", "HTTPS://example.org:8443/a?b=c"]
)
def test_addresses_on_the_web(text: str) -> None:
    assert is_web_address(text)


@pytest.mark.parametrize(
    "text",
    [
        *("javascript:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "JaVaScRiPt://example.org/%0aalert(1)", "vbscript:x"),
        *("data:text/html,x", "file:///etc/passwd", "//example.org", "example.org", "https:", "http://", "https://[x", "", None),
        *("https://example.org/a b", "https://example.org/\u202e"),
    ],
)
def test_what_is_none(text: object) -> None:
    assert not is_web_address(text)
