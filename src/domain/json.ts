/** Values that survive a database column, a webhook body and a model's tool call unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
