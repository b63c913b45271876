"""Who asks, seen through proxies."""

import pytest
from django.test import RequestFactory, override_settings

from core.requests import client_address


class TestClientAddress:
    @pytest.mark.parametrize(
        ("proxies", "header", "address"),
        [
            (0, "", "10.0.0.1"),
            (0, "203.0.113.5", "10.0.0.1"),
            (1, "203.0.113.5", "203.0.113.5"),
            (1, "198.51.100.9, 203.0.113.5", "203.0.113.5"),
            (2, "198.51.100.9, 203.0.113.5, 10.0.0.7", "203.0.113.5"),
            (2, "203.0.113.5", "10.0.0.1"),
            (1, "", "10.0.0.1"),
        ],
    )
    def test_is_what_our_own_proxies_saw(self, proxies, header, address):
        request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": header})
        with override_settings(PROXIES=proxies):
            assert client_address(request) == address
