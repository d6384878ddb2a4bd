/**
 * Commands of MathJax that show all of their arguments, where they stand and in the colour of the text. It is a list of what may stay
 * because of the others too many can hide words: by colour, size, place, as an argument that is dropped, or by a new meaning for one
 * of these.
 */
const SHOWN = new Set(
  [
    'frac dfrac tfrac binom sqrt text textbf textit mathrm mathbf mathit mathsf mathtt mathbb mathcal mathfrak operatorname',
    'hat bar vec dot ddot tilde widehat widetilde overline underline overrightarrow underbrace overbrace boxed',
    'left right big Big bigg Bigg bigl bigr Bigl Bigr middle lvert rvert lVert rVert vert Vert langle rangle',
    'lceil rceil lfloor rfloor lbrace rbrace lbrack rbrack',
    'sum prod coprod int iint oint bigcup bigcap bigvee bigwedge bigoplus bigotimes limits nolimits',
    'log ln lg exp min max sup inf lim limsup liminf arg det dim gcd ker deg Pr sin cos tan cot sec csc sinh cosh tanh arcsin arccos arctan',
    'bmod pmod mod le ge leq geq leqslant geqslant lt gt ne neq ll gg approx equiv sim simeq cong propto asymp doteq prec succ preceq succeq',
    'pm mp times div cdot ast star circ bullet oplus ominus otimes odot setminus',
    'in notin ni subset supset subseteq supseteq subsetneq supsetneq cup cap uplus sqcup sqcap emptyset varnothing',
    'forall exists nexists neg lnot land lor wedge vee top bot vdash models therefore because implies iff',
    'to gets mapsto leftarrow rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow longrightarrow Longrightarrow longmapsto',
    'uparrow downarrow updownarrow hookrightarrow rightharpoonup rightleftharpoons',
    'infty partial nabla ldots cdots dots vdots ddots colon mid nmid parallel perp angle triangle prime ell hbar Re Im aleph square',
    'alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho sigma varsigma',
    'tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega',
  ].flatMap((names) => names.split(' ')),
);

/** `\!` steps back. Two backslashes in Markdown may be one for MathJax, so each of them counts as the beginning of a command. */
const COMMAND = /\\([a-z]+|!)/gi;
/** The rest of a line after `%` is a comment, also behind a backslash, which Markdown takes away. A row may have a distance: `\\[-9em]`. */
const UNSEEN = /%|\\(?:\s*\*)?\s*\[/;
/** So many spaces in sequence that what follows may be off the screen. */
const FAR = /(?:(?:\\[,;:> ]|~)\s*){6}/;

/** Whether a formula may show something else than what is written. */
export function hidesInFormula(formula: string): boolean {
  if (UNSEEN.test(formula) || FAR.test(formula)) return true;
  for (const [, name] of formula.matchAll(COMMAND)) if (!SHOWN.has(name ?? '')) return true;
  return false;
}
