/** The wire's Diagnostic message; both CLIs print the summary in bold and the detail below it. */
export type Diagnostic = {
  readonly severity: "ERROR";
  readonly summary: string;
  readonly detail: string;
  readonly attribute?: AttributePath;
};

export type AttributePath = { readonly steps: readonly { readonly attribute_name: string }[] };

/** A refusal with words meant for the person at the terminal. */
export class DiagnosticError extends Error {
  readonly detail: string;

  constructor(summary: string, detail: string) {
    super(summary);
    this.detail = detail;
  }
}

export function attributePath(name: string): AttributePath {
  return { steps: [{ attribute_name: name }] };
}

export function presentError(error: unknown): Diagnostic {
  if (error instanceof DiagnosticError) return { severity: "ERROR", summary: error.message, detail: error.detail };
  const detail = error instanceof Error ? error.message : String(error);
  return { severity: "ERROR", summary: "devcloud failed", detail };
}
