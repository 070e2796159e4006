// A link that is to be passed on. It is copied in the old way, as most shops' own networks have no https.
{
  const byId = (id) => document.getElementById(id)
  const link = byId('link')
  byId('copy').addEventListener('click', () => {
    getSelection().selectAllChildren(link)
    byId('copied').textContent = document.execCommand('copy') ? 'Copied' : 'The link is selected. Copy it from here.'
  })
  const share = byId('share')
  share.hidden = !navigator.share
  // Whoever thinks better of it has not failed.
  share.addEventListener('click', () =>
    navigator.share({ text: share.dataset.text, url: link.textContent }).catch(() => {})
  )
}
