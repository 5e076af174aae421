/** A job cannot go on. The message is for the person who started the run: what is wrong and what to do. */
export class WorkError extends Error {
  /** The engine has said it already: the log need not repeat it. */
  readonly inLog: boolean;

  constructor(message: string, options: ErrorOptions & { readonly inLog?: boolean } = {}) {
    super(message, options);
    this.name = "WorkError";
    this.inLog = options.inLog ?? false;
  }
}
