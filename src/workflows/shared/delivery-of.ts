/** The delivery that a workflow's id names, under which a redelivery finds it; null: it came otherwise. */
export const deliveryOf = (id: string): string | null => /^(?:delivery|pull|push|installation):([^:]+)/.exec(id)?.[1] ?? null;
