import { CopyIcon } from "./identifier.tsx";
import classes from "./snippet.module.css";

/** Text to be copied as a whole: a command, a piece of configuration. */
export function Snippet({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className={classes["snippet"]}>
      {/* A region that scrolls must be reachable by keyboard. */}
      <pre className={classes["code"]} tabIndex={0} aria-label={label} role="region">
        {text}
      </pre>
      <div className={classes["copy"]}>
        <CopyIcon value={text} what={label} />
      </div>
    </div>
  );
}
