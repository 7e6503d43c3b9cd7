import type { DeploymentChange } from '../api/deployments.js'
import type { DraftConfig } from './draft.js'

/** Lists the changes of a configuration in the form in which the server compares deployments: `movies.entity_version`. */
export function configChanges(before: DraftConfig, after: DraftConfig): DeploymentChange[] {
  const [old, next] = [fieldsOf(before), fieldsOf(after)]
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((field) => {
    const [was, is] = [old.get(field), next.get(field)]
    if (was === is) return []
    return [{ field, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }]
  })
}

function fieldsOf({ served_entities, traffic_config }: DraftConfig): Map<string, string> {
  return new Map(
    served_entities.flatMap(({ name, ...entity }) => {
      const route = traffic_config.routes.find(({ served_entity_name }) => served_entity_name === name)
      const fields = { ...entity, traffic_percentage: route?.traffic_percentage ?? 0 }
      return Object.entries(fields).map(([key, value]) => [`${name}.${key}`, String(value)] as const)
    }),
  )
}
