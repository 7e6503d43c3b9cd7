import { Link } from '@tanstack/react-router'
import { type ReactNode, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon, type IconName } from '../ui/icon.js'
import { ScrollArea } from '../ui/scroll-area.js'
import type { LineageGraph, LineageKind, LineageNode } from './lineage-graph.js'
import { layoutLineage, NODE } from './lineage-layout.js'

const ICON: Record<LineageKind, IconName> = {
  dataset: 'table',
  run: 'experiments',
  model: 'file',
  version: 'models',
  endpoint: 'endpoints',
}

/** Nodes are a list of links for accessibility; an SVG behind them draws the edges. */
export function LineageDiagram({ graph }: { graph: LineageGraph }) {
  const scroller = useRef<HTMLDivElement>(null)
  const { width, height, nodes, paths } = layoutLineage(graph)
  return (
    <ScrollArea className="lineage" scroller={scroller}>
      <div className="lineage-canvas" style={{ width, height }}>
        <svg width={width} height={height} aria-hidden="true">
          {paths.map(({ key, d }) => (
            <path key={key} d={d} />
          ))}
        </svg>
        <ol>
          {nodes.map(({ node, x, y }) => (
            <li key={node.id} style={{ left: x, top: y, width: NODE.width, height: NODE.height }}>
              <NodeBox node={node} />
            </li>
          ))}
        </ol>
      </div>
    </ScrollArea>
  )
}

function NodeBox({ node }: { node: LineageNode }) {
  const { t } = useTranslation()
  return (
    <NodeLink node={node}>
      <Icon name={ICON[node.kind]} />
      <span>
        <span className="visually-hidden">{t(`lineage.${node.kind}`)}: </span>
        <strong className="truncate" title={node.title}>
          {node.more === undefined ? node.title : t('lineage.more', { count: node.more })}
        </strong>
        <small className="truncate">{node.subtitle || t(`lineage.${node.kind}`)}</small>
      </span>
    </NodeLink>
  )
}

function NodeLink({ node, children }: { node: LineageNode; children: ReactNode }) {
  const className = `lineage-node ${node.kind}`
  const { kind, name = '', version = '', title, more } = node
  if (more !== undefined) return <span className={className}>{children}</span>
  if (kind === 'version')
    return (
      <Link className={className} to="/models/$name/versions/$version" params={{ name, version }}>
        {children}
      </Link>
    )
  if (kind === 'endpoint')
    return (
      <Link className={className} to="/endpoints/$name" params={{ name }}>
        {children}
      </Link>
    )
  if (kind === 'dataset' && TABLE_NAME.test(title))
    return (
      <Link className={className} to="/catalog/$name" params={{ name: title }}>
        {children}
      </Link>
    )
  return <span className={className}>{children}</span>
}

const TABLE_NAME = /^[\w-]+\.[\w-]+\.[\w-]+$/
