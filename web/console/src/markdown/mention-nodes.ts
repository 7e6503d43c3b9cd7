/** Names of principals are ASCII, so a Korean particle behind one is not part of it. */
const MENTION = /(?<![\p{L}\p{N}_@/.-])@\w(?:[\w.+@-]*\w)?/gu

/** The parts of a syntax tree of Markdown that this reads. */
interface Node {
  readonly type: string
  readonly value?: string
  children?: Node[]
}

/** A plugin of remark that makes `@name` strong, outside of code. */
export const remarkMentions = () => (tree: Node) => markMentions(tree)

function markMentions(node: Node): void {
  for (const child of node.children ?? []) markMentions(child)
  if (node.children)
    node.children = node.children.flatMap((child) =>
      child.type === 'text' ? splitText(child.value ?? '') : child,
    )
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
