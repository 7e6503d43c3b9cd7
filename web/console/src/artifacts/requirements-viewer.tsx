import { useTranslation } from 'react-i18next'
import { ScrollX } from '../ui/scroll-x.js'
import { useText } from './file-part.js'
import { Clipped, Loaded } from './file-states.js'
import { parseRequirements } from './requirements.js'
import type { ViewerProps } from './viewer-props.js'

export function RequirementsFile({ root, path }: ViewerProps) {
  const { t } = useTranslation()
  const file = useText(root, path)
  return (
    <Loaded file={file}>
      {({ text, clipped }) => (
        <>
          <ScrollX>
            <table className="list">
              <thead>
                <tr>
                  <th scope="col">{t('viewer.package')}</th>
                  <th scope="col">{t('models.version')}</th>
                  <th scope="col">{t('viewer.condition')}</th>
                </tr>
              </thead>
              <tbody>
                {parseRequirements(text).map(({ name, versions, condition }) => (
                  <tr key={`${name} ${versions} ${condition}`}>
                    <th scope="row" className="mono">
                      {name}
                    </th>
                    <td className="mono">{versions || t('viewer.anyVersion')}</td>
                    <td className="mono muted">{condition}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollX>
          {clipped && <Clipped />}
        </>
      )}
    </Loaded>
  )
}
