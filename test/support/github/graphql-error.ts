/** An error as GraphQL answers carry it: `type` is one of GitHub's, such as NOT_FOUND. */
export class GraphqlError extends Error {
  type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}
