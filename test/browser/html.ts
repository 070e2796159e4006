import { HtmlValidate } from 'html-validate'

/** html-validate's recommended rules, except where they ask for a style that is not ours. */
const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended'],
  rules: {
    'doctype-style': ['error', { style: 'lowercase' }],
    // A button of a form submits it: that is what HTML says, and what ours are for.
    'no-implicit-button-type': 'off',
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'button', 'submit'] }],
    'tel-non-breaking': 'off',
    // What is under way is looked at again by itself, also without scripts.
    'meta-refresh': 'off'
  }
})

/** What is wrong with a page's HTML, as sentences. */
export async function mistakesIn(html: string): Promise<string[]> {
  const report = await validator.validateString(html)
  return report.results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${line}: ${message} (${ruleId})`)
  )
}
