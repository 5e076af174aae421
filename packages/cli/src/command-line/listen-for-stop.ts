/** Hears SIGINT and SIGTERM; returns how to stop listening. */
export function listenForStop(listener: (signal: NodeJS.Signals) => void): () => void {
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  return () => {
    process.off("SIGINT", listener);
    process.off("SIGTERM", listener);
  };
}
