"""agencies.toml under edit: a person still finds everything where it was written."""

from pathlib import Path

from gateway.infra.agencies_file import OPERATOR, editing, revise

BEFORE = '[[operator]]\nid = "an"\nrole = "duty"\n\n# Người trực đêm · Of the night\n[[operator]]\nid = "binh"\n'


def test_a_new_field_stands_with_its_table_and_not_below_what_is_said_about_the_next(tmp_path: Path) -> None:
    file = tmp_path / "agencies.toml"
    file.write_text(BEFORE, "utf-8")
    with editing(file) as draft:
        revise(draft.get(OPERATOR, "an"), {"token_sha256": ["a" * 64]})
    added = f'role = "duty"\ntoken_sha256 = ["{"a" * 64}"]\n'
    assert file.read_text("utf-8") == BEFORE.replace('role = "duty"\n', added)


def test_a_table_that_was_just_added_takes_further_fields(tmp_path: Path) -> None:
    file = tmp_path / "agencies.toml"
    file.write_text(BEFORE, "utf-8")
    with editing(file) as draft:
        draft.add(OPERATOR, {"id": "chi", "role": "duty"})
        revise(draft.get(OPERATOR, "chi"), {"token_sha256": ["a" * 64]})
    assert file.read_text("utf-8").endswith(f'\n[[operator]]\nid = "chi"\nrole = "duty"\ntoken_sha256 = ["{"a" * 64}"]\n')
