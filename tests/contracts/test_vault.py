"""The vault over a folder keeps the vault's promises."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.infra.vault_files import FileVault
from gateway.ports import Vault
from tests.contracts.vault_contract import VaultContract


class TestFileVault(VaultContract):
    """A folder."""

    @pytest.fixture
    async def vault(self, tmp_path: Path) -> AsyncIterator[Vault]:
        vault = await FileVault.open(tmp_path / "vault")
        yield vault
        await vault.close()
