/** Names of principals are ASCII, so a Korean particle behind one is not part of it. */
const MENTION = /(?<![\p{L}\p{N}_@/.-])@\w(?:[\w.+@-]*\w)?/gu

/** The parts of a syntax tree of Markdown that this reads. */
interface Node {
  readonly type: string
  readonly value?: string
  readonly url?: string
  children?: Node[]
}

/** A plugin of remark that makes `@name` strong, outside of code. */
export const remarkMentions = () => (tree: Node) => markMentions(tree)

function markMentions(node: Node): void {
  for (const child of node.children ?? []) markMentions(child)
  if (node.children)
    node.children = withAddresses(node.children).flatMap((child) =>
      child.type === 'text' ? splitText(child.value ?? '') : child,
    )
}

/** GFM makes a mail link of the address in `@mina@example.com`, which is the name of a user: makes it text again. */
function withAddresses(children: readonly Node[]): Node[] {
  const joined: Node[] = []
  for (const child of children) {
    const last = joined.at(-1)
    const address = child.type === 'link' && child.url?.startsWith('mailto:') ? child.url.slice(7) : undefined
    const isName = address !== undefined && last?.type === 'text' && last.value?.endsWith('@')
    if (isName || (child.type === 'text' && last?.type === 'text'))
      joined[joined.length - 1] = { type: 'text', value: `${last?.value}${isName ? address : child.value}` }
    else joined.push(child)
  }
  return joined
}

function splitText(text: string): Node[] {
  const nodes: Node[] = []
  let end = 0
  for (const { 0: name, index } of text.matchAll(MENTION)) {
    if (index > end) nodes.push({ type: 'text', value: text.slice(end, index) })
    nodes.push({ type: 'strong', children: [{ type: 'text', value: name }] })
    end = index + name.length
  }
  nodes.push({ type: 'text', value: text.slice(end) })
  return nodes
}
