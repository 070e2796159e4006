// Small behaviours. They listen at the document, so that swapped content has them too. Pages work without them.
;(() => {
  const page = document.documentElement
  page.classList.add('js')

  const all = (selector, within = document) => [...within.querySelectorAll(selector)]
  const byId = (id) => document.getElementById(id)
  const isShown = (element) => element?.getClientRects().length > 0

  const on = (events, selector, act, capture = false) => {
    const hear = (e) => {
      const found = e.target.closest?.(selector)
      if (found) act(e, found)
    }
    for (const event of events.split(' ')) document.addEventListener(event, hear, capture)
  }

  // Menus

  const summaryOf = (menu) => menu.firstElementChild
  const itemsOf = (menu) => all('a, button, input, select', menu).filter(isShown)

  const closeMenus = (except) => {
    for (const menu of all('.menu[open]')) {
      if (menu.contains(except)) continue
      if (menu.contains(document.activeElement)) summaryOf(menu).focus()
      menu.open = false
    }
  }

  /** Fixes a menu's panel in place, so that no scroll box cuts it off. On a phone the style sheet does. */
  const place = (menu) => {
    const panel = menu.querySelector('.menu-panel')
    // A menu that arrives open sends its event before all of it has been parsed.
    if (!panel) return
    panel.removeAttribute('style')
    if (matchMedia('(max-width: 640px)').matches) return
    const box = summaryOf(menu).getBoundingClientRect()
    const { width, height } = panel.getBoundingClientRect()
    const left = menu.matches('.start, .filters *') ? box.left : box.right - width
    const above = box.top - 12
    const below = innerHeight - box.bottom - 12
    const isUp = below < height && above > below
    Object.assign(panel.style, {
      position: 'fixed',
      inset: isUp ? `auto auto ${innerHeight - box.top + 4}px` : `${box.bottom + 4}px auto auto`,
      left: `${Math.max(8, Math.min(left, page.clientWidth - width - 8))}px`,
      maxHeight: `${isUp ? above : below}px`,
      overflow: 'auto'
    })
  }

  const placeOpen = ({ target }) => {
    if (!target.closest?.('.menu-panel')) all('.menu[open]').forEach(place)
  }
  addEventListener('resize', placeOpen)
  addEventListener('scroll', placeOpen, { capture: true, passive: true })
  on('toggle', '.menu[open]', (_, menu) => [closeMenus(menu), place(menu)], true)
  on('toggle', '.menu', () => page.classList.toggle('choosing', !!all('.menu[open]')[0]), true)
  on('click focusin', '*', ({ target }) => closeMenus(target))
  on('click', '.menu-panel :is(a, button)', () => setTimeout(closeMenus))

  const stepOf = ({ key }) => ({ ArrowDown: 1, ArrowUp: -1 })[key]
  const walk = (menu, step) => {
    menu.open = true
    const items = itemsOf(menu)
    const at =
      items.indexOf(document.activeElement) + (step > 0 || document.activeElement !== summaryOf(menu) ? step : 0)
    items.at(at % items.length)?.focus()
  }
  on('keydown', '.menu', (e, menu) => {
    const step = stepOf(e)
    const end = { Home: 0, End: -1 }[menu.open && e.key]
    if (!(step || end <= 0) || e.target.matches('select, input:not([type=checkbox])')) return
    if (step) walk(menu, step)
    else itemsOf(menu).at(end)?.focus()
    e.preventDefault()
  })

  // Menus that are fetched when opened: `.more > a` or `button` leads to a page, whose menu takes its place.

  const isPlain = (e) => window.htmx && !(e.ctrlKey || e.metaKey || e.shiftKey || e.altKey)
  const fetchInto = (box, url) => htmx.ajax('GET', url, { source: box, target: box, swap: 'innerHTML' })

  const open = async (e, way, step) => {
    if (!isPlain(e)) return
    e.preventDefault()
    const box = way.parentElement
    if (box.matches('.htmx-request')) return
    await fetchInto(box, way.href ?? way.value)
    const menu = box.querySelector('.menu')
    if (!menu) return
    menu.open = true
    if (document.activeElement === document.body) summaryOf(menu).focus()
    if (step) walk(menu, step)
  }
  on('click', '.more > :is(a, button)', open)
  on('keydown', '.more > :is(a, button)', (e, way) => {
    const step = stepOf(e)
    if (step || e.key === ' ') open(e, way, step)
  })

  on('keydown', '*', (e) => {
    if (e.key === 'Escape' && all('.menu[open]').length) {
      closeMenus()
      e.preventDefault()
    } else if (e.key === 'Escape') keep(e)
    if (
      e.ctrlKey ||
      e.metaKey ||
      e.altKey ||
      e.target.matches('input:not([type=checkbox], [type=radio]), select, textarea')
    )
      return
    const search = e.key === '/' && all('dialog[open] [type=search], main [type=search]').find(isShown)
    if (search) {
      search.select()
      e.preventDefault()
    }
    if (e.key === '?' && window.htmx && !dialog().open) show('/keys', document.activeElement)
  })

  // Dialogs. a[data-dialog] leads to a page, and the content of that page opens in a dialog here.

  const dialog = () => byId('dialog')
  let opener
  let pressed
  let isChanged

  on('input', '#dialog form[method=post]:not([data-upload])', () => {
    isChanged = true
  })
  on(
    'reset close',
    '#dialog, #dialog form',
    () => {
      isChanged = false
    },
    true
  )
  /** Asks somebody who has typed something in the dialog before it closes. */
  const keep = (e) => {
    if (!isChanged || byId('discard').open) return
    e.preventDefault()
    byId('discard').showModal()
  }
  // A phone's Back cancels too. A browser does not let a second Esc be prevented, so the key is handled as well.
  on('cancel', '#dialog', keep, true)

  on('click', 'a[data-dialog]', (e, link) => {
    if (!isPlain(e) || !dialog()?.showModal) return
    e.preventDefault()
    show(link.href, link)
  })

  const show = async (url, from) => {
    const box = dialog()
    opener = from
    box.replaceChildren()
    await fetchInto(box, url)
    if (!box.firstElementChild) return
    if (!box.querySelector('.dialog-content')) return location.assign(url)
    present(box)
  }

  const present = (box) => {
    if (!box.open) box.showModal()
    box.querySelector('h1, h2').id = 'dialog-title'
    box.setAttribute('aria-labelledby', 'dialog-title')
    const fields = all('input, select, textarea', box).filter(isShown)
    ;(box.querySelector('[autofocus]') ?? fields[0])?.focus()
  }

  on('pointerdown', '*', ({ target }) => {
    pressed = target
  })
  on('click', 'dialog', (e, box) => {
    const isBackdrop = e.target === box && pressed === box
    if (!isBackdrop && !e.target.closest('[data-close]')) return
    if (box === dialog()) keep(e)
    if (!e.defaultPrevented) box.close()
  })
  on('click', '[data-discard]', () => {
    // The upper dialog closes first, because what lies below it can't take the focus.
    for (const box of all('dialog[open]').reverse()) box.close()
  })
  on(
    'close',
    '#dialog',
    (_, box) => {
      box.replaceChildren()
      const back = isShown(opener) ? opener : opener?.closest('.menu')?.firstElementChild
      back?.focus()
    },
    true
  )

  // Forms are inactive until complete, and sent once. With aria-disabled, a button keeps focus, name and value.

  const isFilled = (field) => field.matches('[type=checkbox], [type=radio]') || field.value.trim() !== ''
  const hasOne = (box) => all('input', box).some(isFilled)
  const firstMissing = (form) =>
    all(':invalid:not(fieldset)', form)[0] ??
    all('[required]', form).find((field) => !isFilled(field)) ??
    all('[data-require-one]', form)
      .find((box) => !hasOne(box))
      ?.querySelector('input')

  /** The reason why a form can't be sent yet, shown at the field it is about. */
  const why = document.createElement('p')
  why.className = 'error'
  why.setAttribute('role', 'alert')
  const explain = (field) => {
    why.textContent = field.closest('[data-why]')?.dataset.why ?? field.validationMessage
    if (!field.closest('.has-error')) field.before(why)
    field.focus()
  }

  const setOff = (button, isOff) =>
    isOff ? button.setAttribute('aria-disabled', 'true') : button.removeAttribute('aria-disabled')

  const evaluate = (form) => {
    const isOff = sent.has(form) || !!firstMissing(form)
    for (const button of all('button:not([type]), [type=submit]', form)) {
      if (!button.formNoValidate) setOff(button, isOff)
    }
  }

  const sent = new Set()
  const release = (form) => {
    sent.delete(form)
    for (const button of all('[aria-busy]', form)) {
      button.removeAttribute('aria-busy')
      setOff(button, false)
    }
    if (form.matches('[data-validate]')) evaluate(form)
  }

  on('input change', 'form[data-validate]', (_, form) => {
    why.remove()
    evaluate(form)
  })
  on('reset', 'form[data-validate]', (_, form) => setTimeout(evaluate, 0, form))

  const stop = (e) => [e.preventDefault(), e.stopImmediatePropagation()]
  on(
    'submit',
    'form',
    (e, form) => {
      const { submitter } = e
      if (sent.has(form)) return stop(e)
      const missing = form.matches('[data-validate]') && !submitter?.formNoValidate && firstMissing(form)
      if (missing) {
        stop(e)
        return explain(missing)
      }
      if (form.method !== 'post' || form.matches('[data-repeatable]')) return
      sent.add(form)
      if (!submitter) return
      submitter.setAttribute('aria-busy', 'true')
      setOff(submitter, true)
    },
    true
  )

  // The browser asks before it leaves a page with typed text. Chromium 109 ignores preventDefault() for this.
  let isTyped
  on('input reset', 'main form[data-validate]', ({ type }) => {
    isTyped = type === 'input'
  })
  addEventListener('beforeunload', (e) => {
    if (isTyped && !sent.size) e.returnValue = true
  })

  addEventListener('pageshow', () => {
    isLeaving = false
    for (const form of sent) release(form)
    all('form[data-validate]').forEach(evaluate)
  })

  on('click', '.error-summary a', (e, link) => {
    const field = byId(link.hash.slice(1))
    if (!field) return
    e.preventDefault()
    const menu = field.closest('.menu')
    if (menu) menu.open = true
    field.focus()
  })

  // Toasts

  const dismiss = (toast) => {
    if (toast.contains(document.activeElement)) byId('main').focus()
    toast.remove()
  }
  on('click', '[data-dismiss]', (_, button) => dismiss(button.closest('.toast')))

  const expire = (toast, wait) =>
    setTimeout(() => (toast.matches(':hover, :focus-within') ? expire(toast, 2_000) : dismiss(toast)), wait)

  // What has just come onto the page, by a load or a swap.

  const seen = new WeakSet()
  const fresh = (selector) => all(selector).filter((one) => isShown(one) && !seen.has(one) && seen.add(one))

  const greet = (toast) => {
    if (!toast.matches('.error')) expire(toast, toast.querySelector('form') ? 20_000 : 8_000)
    // A live region announces only what changes in it, and it is silent behind an open dialog.
    const words = toast.querySelector('p')
    words.replaceWith(words.cloneNode(true))
    if (!dialog()?.open) return
    for (const one of all('.toast', dialog())) one.remove()
    dialog().querySelector('header')?.after(toast)
  }

  const arrive = () => {
    all('form[data-validate]').forEach(evaluate)
    for (const button of all('[data-empty]')) setOff(button, true)
    fresh('.toast').forEach(greet)
    fresh('.error-summary, .conflict')[0]?.focus()
  }
  document.addEventListener('DOMContentLoaded', arrive)

  // htmx: progress, a lost connection, and where the focus goes.

  const waiting = new Map()
  document.addEventListener('htmx:before:request', ({ detail: { ctx } }) => {
    waiting.set(
      ctx,
      setTimeout(() => page.classList.add('busy'), 300)
    )
  })
  document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
    clearTimeout(waiting.get(ctx))
    waiting.delete(ctx)
    if (!waiting.size) page.classList.remove('busy')
    if (!ctx.keepIndicators) release(ctx.request.form ?? ctx.sourceElement)
  })
  // A page that is left drops its requests, which is not a lost connection.
  let isLeaving = false
  addEventListener('pagehide', () => {
    isLeaving = true
  })
  const lose = () => byId('flash').replaceChildren(byId('unreachable').content.cloneNode(true))
  document.addEventListener('htmx:error', ({ detail: { ctx } }) => {
    if (ctx && !ctx.response && !isLeaving) arrive(lose())
  })

  const regionOf = ({ target }) => (target?.id ? byId(target.id) : null)
  let lost
  document.addEventListener('htmx:before:swap', ({ detail: { ctx } }) => {
    const active = document.activeElement
    const region = regionOf(ctx)
    if (!region?.contains(active)) return
    const like = active.classList[0] ? `${active.tagName}.${active.classList[0]}` : active.tagName
    lost = { like, at: all(like, region).indexOf(active), isPager: active.matches('.pager *') }
  })
  document.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
    arrive()
    const region = regionOf(ctx)
    if (lost && region && document.activeElement === document.body) {
      region.tabIndex = -1
      const same = !lost.isPager && all(lost.like, region)[lost.at]
      ;(same || region).focus({ preventScroll: true })
      if (lost.isPager) region.scrollIntoView()
    }
    lost = null
  })

  // A part that reloads itself is not replaced while somebody uses it. The next answer comes when they are done.

  document.addEventListener(
    'htmx:before:swap',
    (e) => {
      const part = e.detail.ctx.sourceElement
      if (!part.matches('[data-calm]')) return
      if (part.querySelector(':focus-visible, details[open], :checked') || getSelection().type === 'Range') stop(e)
    },
    true
  )

  // Ticks that were made while an answer was on its way are put into it. A picker's request carries those from before.

  document.addEventListener('htmx:before:request', ({ detail: { ctx } }) => {
    const region = regionOf(ctx)
    if (region?.id !== 'picker') return
    for (const one of all('.tick input', region)) one.defaultChecked = one.checked
  })

  let touched = []
  document.addEventListener('htmx:before:swap', ({ detail: { ctx } }) => {
    const region = regionOf(ctx)
    touched = region
      ? all('.tick input[name], .option input', region).filter((one) => one.checked !== one.defaultChecked)
      : []
  })
  document.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
    const region = regionOf(ctx)
    for (const old of touched) {
      if (!region || old.isConnected) continue
      const same = all(`[name="${old.name}"]`, region).find(({ value }) => value === old.value)
      if (same?.checked === old.checked || (!same && !old.checked)) continue
      if (same) same.checked = old.checked
      else (region.querySelector('tbody') ?? region).prepend(old.closest('tr, .option'))
      ;(same ?? old).dispatchEvent(new Event('change', { bubbles: true }))
    }
    touched = []
  })

  // Ticks: the form sends the boxes that were touched. A click with Shift ticks all boxes since the last one.

  const touch = (box) => {
    const { touched } = box.form?.elements ?? {}
    if (touched) touched.value += ` ${box.value}`
    box.closest('tr')?.classList.toggle('selected', box.checked)
  }
  on('change', '.tick input[name]', (_, box) => touch(box))

  let ticked
  on('click', '.tick input[name]', (e, box) => {
    const boxes = all('.tick input[name]')
    const [from, to] = [boxes.indexOf(ticked), boxes.indexOf(box)].sort((a, b) => a - b)
    if (e.shiftKey && from >= 0) {
      for (const one of boxes.slice(from, to)) {
        one.checked = box.checked
        touch(one)
      }
    }
    ticked = box
  })

  // Uploads: a file is sent as soon as it is chosen or dropped.

  on('change', '[data-upload] [type=file]', (_, { form, value }) => value && form.requestSubmit())
  on('submit', '[data-upload]', (e, form) => {
    e.preventDefault()
    const request = new XMLHttpRequest()
    const bar = form.querySelector('progress')
    bar.parentElement.hidden = false
    request.upload.onprogress = ({ loaded, total }) => {
      bar.value = loaded / total
    }
    request.onloadend = () => {
      const next = request.getResponseHeader('HX-Redirect')
      if (next) return location.assign(next)
      form.reset()
      bar.parentElement.hidden = true
      if (request.status === 422) form.closest('.dialog-content').outerHTML = request.response
      else if (request.status) byId('flash').innerHTML = request.response
      else lose()
      release(form)
      arrive()
    }
    request.open('POST', form.action)
    request.setRequestHeader('HX-Request', true)
    request.setRequestHeader('HX-Request-Type', 'partial')
    request.send(new FormData(form))
  })

  // Comboboxes: the options are real check boxes, and arrow keys move between them.

  on('keydown', '.combobox', (e, box) => {
    const options = all('.option input', box)
    const text = box.querySelector('[type=search], [type=text]')
    const stops = [text, ...options]
    const at = stops.indexOf(e.target)
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key]
    if (at < 0 || !(step || e.key === 'Enter')) return
    if (step || at === 0) stops[at + (step ?? 1)]?.focus()
    else e.target.click()
    e.preventDefault()
  })
})()
