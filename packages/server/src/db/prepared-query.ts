import { sql, type CompiledQuery, type RawBuilder } from "kysely";
import { isPostgres, type Db } from "./database.ts";

/** Stands for a value that each run of a prepared query brings. */
class Parameter {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

type Input = Readonly<Record<string, string | number | readonly string[]>>;

/**
 * A query that is built and compiled once for each kind of database and then run with other values: for reads that happen
 * thousands of times a second, where building the text takes longer than running it. `build` must put every member of its
 * second argument into the query as a value, and look at none of them.
 */
export function prepareQuery<Values extends Input, Row>(
  build: (db: Db, values: Values) => { compile(): CompiledQuery<Row> },
): (db: Db, values: Values) => Promise<Row[]> {
  const compiled: { sqlite?: CompiledQuery<Row>; postgres?: CompiledQuery<Row> } = {};
  return async (db, values) => {
    const kind = isPostgres(db) ? "postgres" : "sqlite";
    const query = (compiled[kind] ??= build(db, placeholders as Values).compile());
    const parameters = query.parameters.map((given) => {
      if (!(given instanceof Parameter)) return given;
      const value = values[given.name];
      return Array.isArray(value) && kind === "sqlite" ? JSON.stringify(value) : value;
    });
    return (await db.executeQuery<Row>({ ...query, parameters })).rows;
  };
}

const placeholders = new Proxy({}, { get: (_target, name) => new Parameter(String(name)) });

/** Whether a column is one of the texts, as one parameter, so that the text of the query is the same for any number. */
export function isAmong(db: Db, column: string, texts: readonly string[]): RawBuilder<boolean> {
  return isPostgres(db)
    ? sql<boolean>`${sql.ref(column)} = any(${texts})`
    : sql<boolean>`${sql.ref(column)} in (select value from json_each(${texts}))`;
}
