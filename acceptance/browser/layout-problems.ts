import type { Page } from 'playwright-core'

/**
 * Finds what narrow windows and fingers show, and axe does not: a page wider than the window, text that is cut off without a sign or
 * lies over the next cell, and controls smaller than 24 pixels that are closer than that to others. One line each.
 */
export const layoutProblems = (tab: Page): Promise<string[]> =>
  tab.evaluate(() => {
    const TARGET = 24
    const CONTROLS = 'a[href], button, input, select, textarea, summary'
    const describe = (element: Element) =>
      `${element.tagName.toLowerCase()}.${element.className} “${(
        element.getAttribute('aria-label') ?? element.textContent ?? ''
      ).slice(0, 40)}”`
    const isShown = (element: Element) => {
      const { width, height } = element.getBoundingClientRect()
      return width > 2 && height > 2 && element.checkVisibility({ opacityProperty: true })
    }
    const isInText = (element: Element) => getComputedStyle(element).display === 'inline'

    const wide = document.documentElement.scrollWidth - innerWidth
    const problems = wide > 0 ? [`the page is ${wide} pixels too wide`] : []

    for (const element of document.querySelectorAll('main *')) {
      const { overflowX, textOverflow, maskImage } = getComputedStyle(element)
      const isCut = element.scrollWidth > element.clientWidth + 1 && /hidden|clip/.test(overflowX)
      const hasSign = textOverflow === 'ellipsis' || maskImage !== 'none'
      if (isCut && !hasSign && element.textContent?.trim() && isShown(element))
        problems.push(`cut off: ${describe(element)}`)
    }

    for (const cell of document.querySelectorAll('main :is(td, th)')) {
      const isOver = cell.scrollWidth > cell.clientWidth + 1 && getComputedStyle(cell).overflowX === 'visible'
      if (isOver && getComputedStyle(cell).display === 'table-cell' && isShown(cell))
        problems.push(`over the next cell: ${describe(cell)}`)
    }

    /** A label is part of its control. */
    const areaOf = (control: Element) => {
      const label = (control as HTMLInputElement).labels?.[0]
      return (label?.contains(control) ? label : control).getBoundingClientRect()
    }
    /** The fixed bar that a control is in. The controls under a bar scroll away from it. */
    const barOf = (control: Element) => {
      let bar: Element | null = control
      while (bar && getComputedStyle(bar).position !== 'fixed') bar = bar.parentElement
      return bar
    }
    const controls = [...document.querySelectorAll(CONTROLS)].filter(isShown)
    const areas = controls.map(areaOf)
    const bars = controls.map(barOf)
    controls.forEach((control, at) => {
      const { width, height, x, y } = areas[at]!
      if ((width >= TARGET - 0.5 && height >= TARGET - 0.5) || isInText(control)) return
      const [middle, center] = [x + width / 2, y + height / 2]
      const isNear = areas.some((other, index) => {
        if (index === at || controls[index]!.contains(control) || control.contains(controls[index]!))
          return false
        if (bars[index] !== bars[at]) return false
        const across = Math.max(other.left - middle, middle - other.right, 0)
        const along = Math.max(other.top - center, center - other.bottom, 0)
        return Math.hypot(across, along) < TARGET / 2
      })
      if (isNear) problems.push(`small: ${describe(control)} ${Math.round(width)}×${Math.round(height)}`)
    })
    return problems
  })
