export interface SetRef {
  readonly id: string;
  readonly name: string;
  readonly priority: boolean;
}

interface Named {
  readonly id: string;
  readonly attributes: { readonly key: string; readonly category: string };
}

export interface MarkedVariable<Variable> {
  readonly variable: Variable;
  /** Null: the workspace's own. */
  readonly from: SetRef | null;
  /** The set whose variable its runs get instead. */
  readonly overriddenBy: SetRef | null;
}

/** The variables of a workspace and those that sets give it, by key; its own say which set wins over them. */
export function markVariables<Variable extends Named>(
  own: readonly Variable[],
  effective: readonly Variable[],
  setOf: (variable: Variable) => SetRef | null,
): readonly MarkedVariable<Variable>[] {
  const place = ({ attributes }: Variable) => `${attributes.category} ${attributes.key}`;
  const winners = new Map(effective.map((variable) => [place(variable), variable]));
  const marked = own.map((variable) => {
    const winner = winners.get(place(variable));
    const overriddenBy = winner === undefined || winner.id === variable.id ? null : setOf(winner);
    return { variable, from: null, overriddenBy };
  });
  const inherited = effective.flatMap((variable) => {
    const from = setOf(variable);
    return from === null ? [] : [{ variable, from, overriddenBy: null }];
  });
  return [...marked, ...inherited].sort((a, b) =>
    a.variable.attributes.key.localeCompare(b.variable.attributes.key, "en", { numeric: true }),
  );
}
