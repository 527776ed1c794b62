"""Operators in agencies.toml: an administrator who can sign in is always left, and from who is revoked everything is taken."""

import pytest
import tomlkit

from gateway.core.faults import Rejected
from gateway.entry.registry import operators
from gateway.infra.agencies_file import DirectoryDraft

ABLE = [
    '[[operator]]\nid = "an"\nrole = "admin"\npassword = "$argon2id$"\n',
    '[[operator]]\nid = "an"\npassword = "$argon2id$"\n',  # an operator is an administrator where no role is written
    '[[operator]]\nid = "an"\nrole = "admin"\nidentity = "an@tinh.gov.vn"\n',
]
UNABLE = [
    "",
    '[[operator]]\nid = "an"\nrole = "duty"\npassword = "$argon2id$"\n',
    f'[[operator]]\nid = "an"\nrole = "admin"\ntoken_sha256 = ["{"a" * 64}"]\ntotp = "v1:"\n',
]


def draft_of(text: str) -> DirectoryDraft:
    return DirectoryDraft(tomlkit.parse(text))


@pytest.mark.parametrize("text", ABLE)
def test_whoever_can_sign_in_as_an_administrator_is_enough(text: str) -> None:
    operators.demand_administrator(draft_of(text))


@pytest.mark.parametrize("text", UNABLE)
def test_a_program_or_another_role_is_no_administrator_who_can_sign_in(text: str) -> None:
    with pytest.raises(Rejected, match="administrator-last"):
        operators.demand_administrator(draft_of(text))


def test_from_who_is_revoked_the_name_at_the_identity_provider_is_taken_too() -> None:
    draft = draft_of(ABLE[2])
    assert operators.revoke(draft, "an").unwrap() == {"id": "an", "role": "admin", "token_sha256": []}
