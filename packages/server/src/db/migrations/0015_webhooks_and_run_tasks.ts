import { sql, type Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** Webhooks of a project, which share the deliveries of notifications; and the run task of a project's registry. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, int, flag } = columnTypes(db);

  await db.schema
    .createTable("webhooks")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("project_id", text, (c) => c.notNull().references("projects.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("description", text, (c) => c.notNull())
    .addColumn("enabled", flag, (c) => c.notNull())
    // A receiver's address may hold a secret: sealed, as the key of the signature is.
    .addColumn("sealed_url", text, (c) => c.notNull())
    .addColumn("sealed_hmac_key", text)
    .addColumn("subscriptions", text, (c) => c.notNull())
    .addColumn("revision", int, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("webhooks_name", ["project_id", "name"])
    .execute();

  await db.schema
    .createTable("deliveries")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    // Exactly one of the two.
    .addColumn("configuration_id", text, (c) => c.references("notification_configurations.id").onDelete("cascade"))
    .addColumn("webhook_id", text, (c) => c.references("webhooks.id").onDelete("cascade"))
    // Null: somebody asked for a verification.
    .addColumn("event_id", text)
    .addColumn("alert_id", text)
    .addColumn("trigger", text, (c) => c.notNull())
    .addColumn("message", text, (c) => c.notNull())
    .addColumn("target", text, (c) => c.notNull())
    .addColumn("state", text, (c) => c.notNull())
    .addColumn("attempts", int, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("last_attempt_at", millis)
    .addColumn("next_attempt_at", millis)
    .addColumn("response_status", int)
    .addColumn("response_headers", text)
    .addColumn("response_body", text)
    .addColumn("error", text)
    .addUniqueConstraint("deliveries_once", ["configuration_id", "event_id", "trigger"])
    .addUniqueConstraint("deliveries_once_webhook", ["webhook_id", "event_id", "trigger"])
    .addCheckConstraint("deliveries_recipient", sql`(configuration_id is null) <> (webhook_id is null)`)
    .execute();
  await db.schema
    .createIndex("deliveries_configuration")
    .on("deliveries")
    .columns(["configuration_id", "id"])
    .execute();
  await db.schema.createIndex("deliveries_webhook").on("deliveries").columns(["webhook_id", "id"]).execute();
  await db.schema.createIndex("deliveries_alert").on("deliveries").columns(["alert_id", "id"]).execute();
  await db.schema.createIndex("deliveries_time").on("deliveries").column("created_at").execute();
  const columns = sql.raw(
    "id, configuration_id, event_id, alert_id, trigger, message, target, state, attempts, created_at, last_attempt_at, next_attempt_at, response_status, response_headers, response_body, error",
  );
  await sql`insert into deliveries (${columns}) select ${columns} from notification_deliveries`.execute(db);
  await sql`update jobs set kind = 'deliver' where kind = 'deliver-notification'`.execute(db);
  await db.schema.dropTable("notification_deliveries").execute();

  await db.schema
    .createTable("run_tasks")
    .addColumn("project_id", text, (c) =>
      c.primaryKey().notNull().references("registries.project_id").onDelete("cascade"),
    )
    .addColumn("api_id", text, (c) => c.notNull())
    .addColumn("sealed_hmac_key", text, (c) => c.notNull())
    .addColumn("on_untracked_image", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("run_tasks_api_id", ["api_id"])
    .execute();

  // One call of a service that runs Terraform, until its answer is delivered.
  await db.schema
    .createTable("run_task_calls")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("project_id", text, (c) => c.notNull().references("run_tasks.project_id").onDelete("cascade"))
    .addColumn("task_result_id", text, (c) => c.notNull())
    .addColumn("stage", text, (c) => c.notNull())
    .addColumn("callback_url", text, (c) => c.notNull())
    .addColumn("plan_json_url", text)
    .addColumn("takes_outcomes", flag, (c) => c.notNull())
    // Null once it is answered: the token is of no use any more.
    .addColumn("sealed_access_token", text)
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("answered_at", millis)
    .addUniqueConstraint("run_task_calls_once", ["project_id", "task_result_id"])
    .execute();
  await db.schema.createIndex("run_task_calls_time").on("run_task_calls").column("created_at").execute();
}
