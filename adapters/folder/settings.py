"""The settings of a link: where the tree of files is, and what its folders are called."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

_NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9_. -]*[A-Za-z0-9_-])?"
Folder = Annotated[str, Field(pattern=rf"^{_NAME}(/{_NAME})*$", max_length=200)]
"""A folder below the root, of plain letters; none that is hidden or leads out."""


class Settings(BaseModel):
    """Where documents are exchanged: in a folder of this machine, or, with `host`, on an SFTP server."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(
        default="",
        description="Thư mục gốc, ở máy này hoặc ở máy chủ SFTP (trống: thư mục đăng nhập) · "
        "The root folder, on this machine or on the SFTP server (empty: where one logs in)",
    )
    den: Folder = Field(
        default="den", description="Thư mục văn bản đến: trục thả vào · Documents for the agency: the hub drops them"
    )
    di: Folder = Field(default="di", description="Thư mục văn bản đi: trục nhặt lên · What the agency sends: the hub picks it up")
    trang_thai: Folder = Field(default="trang-thai", description="Thư mục tin về văn bản: trục thả vào · News: the hub drops it")
    loi: Folder = Field(default="loi", description="Thư mục tệp hỏng, bị từ chối · What is harmed or refused")
    settle_seconds: float = Field(
        default=10,
        ge=0,
        le=3600,
        description="Tệp đứng yên bao lâu (giây) thì coi là đã ghi xong · Seconds without a change after which a file is whole",
    )
    give_up_seconds: float = Field(
        default=900,
        ge=0,
        le=86400,
        description="Tệp không đúng bao lâu (giây) thì chuyển vào thư mục lỗi · "
        "Seconds after which a file that is not right is moved to the harmed ones",
    )
    sha256_required: bool = Field(
        default=False, description="Chỉ nhận tệp có mã SHA-256 kèm theo · Take only what comes with its SHA-256"
    )
    host: str | None = Field(default=None, min_length=1, description="Máy chủ SFTP · The SFTP server")
    port: int = Field(default=22, ge=1, le=65535, description="Cổng SFTP · Port of the SFTP server")
    user: str | None = Field(default=None, min_length=1, description="Tài khoản SFTP · User of the SFTP server")
    known_hosts_file: Path | None = Field(
        default=None,
        description="Tệp khóa của máy chủ SFTP, dạng known_hosts; bắt buộc · The server's key, as in known_hosts; required",
    )
    key_file: Path | None = Field(default=None, description="Tệp khóa riêng SSH của trục · The hub's private SSH key")
    password_file: Path | None = Field(default=None, description="Tệp mật khẩu SFTP · The SFTP password")
    connect_seconds: float = Field(
        default=10, gt=0, le=60, description="Thời hạn kết nối SFTP (giây) · Seconds to make an SFTP connection in"
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        """Have either a folder of this machine, or all that a server needs."""
        given = {"user", "known_hosts_file", "key_file", "password_file"} & {
            name for name in type(self).model_fields if getattr(self, name) is not None
        }
        if self.host is None:
            if given or not self.path:
                raise ValueError(f"without host: path, and none of {', '.join(sorted(given)) or 'the SFTP settings'}")
        elif {"user", "known_hosts_file"} - given or len(given) != 3:
            raise ValueError("with host: user, known_hosts_file, and either key_file or password_file")
        return self

    @model_validator(mode="after")
    def _folders_apart(self) -> Self:
        """Have no folder in another: the hub would take what it has just dropped."""
        folders = [f"{each.lower()}/" for each in (self.den, self.di, self.trang_thai, self.loi)]
        for number, each in enumerate(folders):
            if any(each.startswith(other) or other.startswith(each) for other in folders[number + 1 :]):
                raise ValueError("den, di, trang_thai, loi: four folders, none in another")
        return self
