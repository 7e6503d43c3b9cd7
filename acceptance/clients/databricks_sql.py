"""The official databricks-sdk: SQL statements over governed tables, by the owner and by a principal that may read one table."""
import os

from databricks.sdk.errors import BadRequest, NotFound
from databricks.sdk.service import catalog, sql

from databricks_client import refused, workspace
from facts import check

w = workspace(os.environ["CAIRN_TOKEN"])
service = w.service_principals.create(display_name="analyst")
analyst = workspace(w.token_management.create_obo_token(application_id=service.application_id, lifetime_seconds=600).token_value)
State = sql.StatementState

w.catalogs.create("films")
w.schemas.create("raw", "films")
CSV = "title,year\nHeat,1995\nBabe,1995\nToy Story 2,1999\n"
for table in ("titles", "secrets"):
    columns = [{"name": "title", "type_name": "STRING"}, {"name": "year", "type_name": "LONG"}]
    w.api_client.do("POST", "/api/cairn/v1/tables", body={"catalog_name": "films", "schema_name": "raw", "name": table, "columns": columns, "csv": CSV})

warehouse = next(iter(w.warehouses.list())).id
check("a warehouse is listed and read", w.warehouses.get(warehouse).state == sql.State.RUNNING)


def run(client, text, **more):
    return client.statement_execution.execute_statement(statement=text, warehouse_id=warehouse, **more)


answer = run(w, "select year, count(*) as films from films.raw.titles group by year order by year")
check("a query succeeds", answer.status.state == State.SUCCEEDED)
check("it has columns with types", [(c.name, c.type_name) for c in answer.manifest.schema.columns] == [("year", sql.ColumnInfoTypeName.LONG), ("films", sql.ColumnInfoTypeName.LONG)])
check("it has rows as text", answer.result.data_array == [["1995", "2"], ["1999", "1"]])
again = w.statement_execution.get_statement(answer.statement_id)
check("it is read again", again.result.data_array == answer.result.data_array)
check("its chunk is read", w.statement_execution.get_statement_result_chunk_n(answer.statement_id, 0).row_count == 2)

named = run(
    w, "select title from titles where year = :year order by title", catalog="films", schema="raw",
    parameters=[sql.StatementParameterListItem(name="year", value="1995", type="INT")],
)
check("names are completed and parameters bound", named.result.data_array == [["Babe"], ["Heat"]])
limited = run(w, "select * from films.raw.titles", row_limit=1)
check("a limit of rows is kept and told", limited.manifest.total_row_count == 1 and limited.manifest.truncated)

failed = run(w, "select nope from films.raw.titles")
check("a wrong column fails with a sentence", failed.status.state == State.FAILED and "nope" in failed.status.error.message)
check("a change fails", run(w, "delete from films.raw.titles").status.state == State.FAILED)
check("other formats are refused", refused(lambda: run(w, "select 1", format=sql.Format.ARROW_STREAM, disposition=sql.Disposition.EXTERNAL_LINKS), BadRequest))

hidden = run(analyst, "select * from films.raw.titles")
check("a table without a grant is not read", hidden.status.state == State.FAILED)
for type, name, privilege in (("catalog", "films", "USE_CATALOG"), ("schema", "films.raw", "USE_SCHEMA"), ("table", "films.raw.titles", "SELECT")):
    w.grants.update(type, name, changes=[catalog.PermissionsChange(principal=service.application_id, add=[catalog.Privilege[privilege]])])
check("it is read with a grant", run(analyst, "select count(*) from films.raw.titles").result.data_array == [["3"]])
joined = run(analyst, "select * from films.raw.titles join films.raw.secrets using (title)")
check("a join with another table is refused", joined.status.state == State.FAILED and joined.result is None)
check("others do not see a statement", refused(lambda: analyst.statement_execution.get_statement(answer.statement_id), NotFound))

waiting = run(w, "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n", wait_timeout="0s")
check("a statement continues", waiting.status.state == State.RUNNING)
w.statement_execution.cancel_execution(waiting.statement_id)
check("a statement is canceled", w.statement_execution.get_statement(waiting.statement_id).status.state == State.CANCELED)
