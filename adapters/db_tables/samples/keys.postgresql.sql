-- Bảng riêng của trục: mỗi khóa một hiệu lực, và văn bản nào là dòng nào. Trục chỉ thêm vào đây, không xóa.
-- The hub's own table: one effect for each key, and which row is which document. The hub only adds to it.
CREATE TABLE "LIENTHONG_KEYS" (
    "KIND" varchar(20) NOT NULL,
    "LT_KEY" varchar(200) NOT NULL,
    "REFERENCE" varchar(200),
    "CREATED_AT" timestamp NOT NULL,
    CONSTRAINT LIENTHONG_KEYS_PK PRIMARY KEY ("KIND", "LT_KEY")
);
CREATE INDEX LIENTHONG_KEYS_REFERENCE ON "LIENTHONG_KEYS" ("KIND", "REFERENCE");
