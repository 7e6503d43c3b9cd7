"""The official unitycatalog-client: catalogs, schemas, tables, volumes and grants, as the owner and as a reader."""
import asyncio
import os
import uuid

from unitycatalog.client import (
    ApiClient,
    ApiException,
    CatalogsApi,
    ColumnInfo,
    ColumnTypeName,
    Configuration,
    CreateCatalog,
    CreateSchema,
    CreateTable,
    CreateVolumeRequestContent,
    DataSourceFormat,
    GenerateTemporaryTableCredential,
    GrantsApi,
    MetastoresApi,
    PermissionsChange,
    Privilege,
    SchemasApi,
    SecurableType,
    TableOperation,
    TablesApi,
    TableType,
    TemporaryCredentialsApi,
    UpdateCatalog,
    UpdatePermissions,
    UpdateSchema,
    VolumesApi,
    VolumeType,
)

from facts import check

URI = os.environ["CAIRN_URL"]
OWNER = os.environ["CAIRN_TOKEN"]
READER = os.environ["CAIRN_READER_TOKEN"]
READER_NAME = os.environ["CAIRN_READER"]
CATALOG = f"uc_{uuid.uuid4().hex[:8]}"


async def refusal(call):
    """Returns status and body of the error, or None if the call succeeds."""
    try:
        await call
    except ApiException as refused:
        return refused.status, refused.body


def client(token):
    configuration = Configuration(host=f"{URI}/api/2.1/unity-catalog")
    return ApiClient(configuration, header_name="Authorization", header_value=f"Bearer {token}")


async def define(owner):
    catalogs, schemas, tables = CatalogsApi(owner), SchemasApi(owner), TablesApi(owner)
    made = await catalogs.create_catalog(CreateCatalog(name=CATALOG, comment="official", properties={"a": "b"}))
    check("a catalog is created", made.id and made.owner and made.properties == {"a": "b"})
    again = await refusal(catalogs.create_catalog(CreateCatalog(name=CATALOG)))
    check("a second catalog of the same name is rejected", again[0] == 400 and "CATALOG_ALREADY_EXISTS" in again[1])
    updated = await catalogs.update_catalog(CATALOG, UpdateCatalog(comment="changed"))
    check("a catalog is updated", updated.comment == "changed" and updated.updated_at)
    await schemas.create_schema(CreateSchema(name="s", catalog_name=CATALOG))
    schema = await schemas.update_schema(f"{CATALOG}.s", UpdateSchema(properties={"k": "v"}))
    check("a schema is created and updated", schema.full_name == f"{CATALOG}.s" and schema.properties == {"k": "v"})
    columns = [
        ColumnInfo(name="user_id", type_name=ColumnTypeName.LONG, type_text="bigint", position=0),
        ColumnInfo(name="score", type_name=ColumnTypeName.DECIMAL, type_precision=5, type_scale=2, position=1),
    ]
    for name in ("open", "closed"):
        table = await tables.create_table(
            CreateTable(
                name=name,
                catalog_name=CATALOG,
                schema_name="s",
                table_type=TableType.MANAGED,
                data_source_format=DataSourceFormat.DELTA,
                columns=columns,
            )
        )
    check("a table is created with its own location", table.table_id in table.storage_location)
    check("its columns are complete", [c.type_text for c in table.columns] == ["bigint", "decimal(5,2)"])
    listed = await tables.list_tables(CATALOG, "s", max_results=1)
    rest = await tables.list_tables(CATALOG, "s", max_results=1, page_token=listed.next_page_token)
    check("tables are listed in pages", [listed.tables[0].name, rest.tables[0].name] == ["closed", "open"])
    check("the last page has no token", rest.next_page_token is None)
    volume = await VolumesApi(owner).create_volume(
        CreateVolumeRequestContent(name="v", catalog_name=CATALOG, schema_name="s", volume_type=VolumeType.MANAGED)
    )
    check("a volume is created", volume.full_name == f"{CATALOG}.s.v")
    summary = await MetastoresApi(owner).summary()
    check("the metastore has an id", summary.metastore_id)


async def grant(owner):
    grants = GrantsApi(owner)
    for kind, name, privilege in (
        (SecurableType.CATALOG, CATALOG, Privilege.USE_CATALOG),
        (SecurableType.SCHEMA, f"{CATALOG}.s", Privilege.USE_SCHEMA),
        (SecurableType.TABLE, f"{CATALOG}.s.open", Privilege.SELECT),
    ):
        change = PermissionsChange(principal=READER_NAME, add=[privilege], remove=[])
        answer = await grants.update(kind, name, UpdatePermissions(changes=[change]))
    check("an update of grants returns them", answer.privilege_assignments[0].privileges == [Privilege.SELECT])
    direct = await grants.get(SecurableType.CATALOG, CATALOG)
    check("grants are read", [a.principal for a in direct.privilege_assignments] == [READER_NAME])


async def read(reader, owner):
    tables = TablesApi(reader)
    found = await tables.list_tables(CATALOG, "s")
    check("a reader lists what was granted", [t.name for t in found.tables] == ["open"])
    table = await tables.get_table(f"{CATALOG}.s.open")
    denied = await refusal(tables.get_table(f"{CATALOG}.s.closed"))
    check("a reader gets no other table", denied[0] == 403 and "lacks SELECT" in denied[1])
    missing = await refusal(tables.get_table(f"{CATALOG}.s.nosuch"))
    check("a missing table is answered 404", missing[0] == 404 and "TABLE_NOT_FOUND" in missing[1])
    rename = await refusal(SchemasApi(reader).update_schema(f"{CATALOG}.s", UpdateSchema(new_name="mine")))
    check("a reader cannot rename", rename[0] == 403)
    credentials = TemporaryCredentialsApi(reader)
    ask = GenerateTemporaryTableCredential(table_id=table.table_id, operation=TableOperation.READ)
    vended = await credentials.generate_temporary_table_credentials(ask)
    check("a reader gets credentials to read", vended.expiration_time > 0 and vended.url == table.storage_location)
    ask.operation = TableOperation.READ_WRITE
    check("a reader gets no credentials to write", (await refusal(credentials.generate_temporary_table_credentials(ask)))[0] == 403)
    check("a reader cannot delete", (await refusal(CatalogsApi(reader).delete_catalog(CATALOG, force=True)))[0] == 403)
    await CatalogsApi(owner).delete_catalog(CATALOG, force=True)
    gone = await refusal(CatalogsApi(owner).get_catalog(CATALOG))
    check("a catalog is deleted with its contents", gone[0] == 404 and "CATALOG_NOT_FOUND" in gone[1])


async def main():
    async with client(OWNER) as owner, client(READER) as reader:
        await define(owner)
        await grant(owner)
        await read(reader, owner)


asyncio.run(main())
