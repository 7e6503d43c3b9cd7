import { Lexer, Source, TokenKind } from 'graphql'

/** The parser recurses for each level. This many fit in the stack of every Node. */
const MAX_NESTING = 500

const OPENING = new Set<TokenKind>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L])
const CLOSING = new Set<TokenKind>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R])

/**
 * Reads at most `maxTokens` tokens, without recursion.
 *
 * @throws GraphQLError for malformed tokens
 */
export function isNestedTooDeeply(query: string, maxTokens: number): boolean {
  const lexer = new Lexer(new Source(query))
  let depth = 0
  for (let i = 0; i < maxTokens && depth <= MAX_NESTING; i++) {
    const { kind } = lexer.advance()
    if (kind === TokenKind.EOF) break
    if (OPENING.has(kind)) depth++
    if (CLOSING.has(kind)) depth--
  }
  return depth > MAX_NESTING
}
