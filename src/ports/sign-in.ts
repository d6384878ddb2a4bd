import type { Outcome } from '../domain/outcome.ts';

/** A person, as GitHub names them. */
interface SignedIn {
  readonly id: number;
  readonly login: string;
}

/** `refused`: GitHub does not accept the code, which is used up or too old. `unreachable`: it does not answer as it should. */
type SignInFailure = 'refused' | 'unreachable';

/** The OAuth of the App itself, which tells who somebody is and nothing else. */
export interface SignIn {
  /** Where a person agrees to be named. `challenge` is the S256 of the verifier. */
  address(request: { readonly state: string; readonly challenge: string; readonly returnTo: string }): string;
  /** The person behind a code; the token that it takes to ask serves this one question. */
  person(answer: {
    readonly code: string;
    readonly verifier: string;
    readonly returnTo: string;
  }): Promise<Outcome<SignedIn, SignInFailure>>;
}
