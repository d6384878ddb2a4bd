// Reads a GraphQL document: as much of the language as clients of GitHub write. No schema; see graphql.ts for what can be asked.
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value } | { $variable: string };

interface Field {
  name: string;
  alias: string;
  args: Record<string, Value>;
  selection: Selection[] | undefined;
}

export type Selection =
  | { kind: 'field'; field: Field }
  | { kind: 'inline'; on: string | undefined; selection: Selection[] }
  | { kind: 'spread'; fragment: string };

export interface Document {
  operation: 'query' | 'mutation';
  selection: Selection[];
  fragments: Map<string, { on: string; selection: Selection[] }>;
}

export class GraphqlSyntaxError extends Error {}

const TOKEN =
  /[\s,\uFEFF]+|#[^\n]*|(\.\.\.|[{}()[\]:=!$@|&]|"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[_A-Za-z]\w*)/y;

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new GraphqlSyntaxError(`Parse error on ${JSON.stringify(text.slice(at, at + 20))}`);
    if (match[1] !== undefined) tokens.push(match[1]);
  }
  return tokens;
}

export function parseDocument(text: string): Document {
  const tokens = tokenize(text);
  let position = 0;
  const peek = () => tokens[position];
  const next = () => {
    const token = tokens[position];
    position += 1;
    if (token === undefined) throw new GraphqlSyntaxError('Parse error: the document ends too early');
    return token;
  };
  const expect = (wanted: string) => {
    const token = next();
    if (token !== wanted)
      throw new GraphqlSyntaxError(`Parse error on ${JSON.stringify(token)}: expected ${JSON.stringify(wanted)}`);
  };
  const accept = (wanted: string) => {
    if (peek() !== wanted) return false;
    position += 1;
    return true;
  };

  function value(): Value {
    const token = next();
    if (token === '$') return { $variable: next() };
    if (token === '[') {
      const items: Value[] = [];
      while (!accept(']')) items.push(value());
      return items;
    }
    if (token === '{') {
      const fields: Record<string, Value> = {};
      while (!accept('}')) {
        const name = next();
        expect(':');
        fields[name] = value();
      }
      return fields;
    }
    if (token.startsWith('"""')) return token.slice(3, -3).trim();
    if (token.startsWith('"')) return JSON.parse(token) as string;
    if (/^-?\d/.test(token)) return Number(token);
    return { true: true, false: false, null: null }[token] ?? token; // an enum is its name
  }

  function args(): Record<string, Value> {
    const given: Record<string, Value> = {};
    if (!accept('(')) return given;
    while (!accept(')')) {
      const name = next();
      expect(':');
      given[name] = value();
    }
    return given;
  }

  function directives(): void {
    while (accept('@')) {
      next();
      args();
    }
  }

  function selections(): Selection[] {
    const found: Selection[] = [];
    expect('{');
    while (!accept('}')) found.push(selection());
    return found;
  }

  function selection(): Selection {
    if (accept('...')) {
      if (peek() === '{' || peek() === 'on') {
        const on = accept('on') ? next() : undefined;
        directives();
        return { kind: 'inline', on, selection: selections() };
      }
      return { kind: 'spread', fragment: next() };
    }
    const first = next();
    const name = accept(':') ? next() : first;
    const given = args();
    directives();
    return { kind: 'field', field: { name, alias: first, args: given, selection: peek() === '{' ? selections() : undefined } };
  }

  const document: Document = { operation: 'query', selection: [], fragments: new Map() };
  while (peek() !== undefined) {
    if (accept('fragment')) {
      const name = next();
      expect('on');
      const on = next();
      document.fragments.set(name, { on, selection: selections() });
      continue;
    }
    if (peek() !== '{') {
      document.operation = next() === 'mutation' ? 'mutation' : 'query';
      while (peek() !== '{') next(); // the name and the variables' types: nothing here depends on them
    }
    document.selection = selections();
  }
  return document;
}
