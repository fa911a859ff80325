// Passkeys: a form is sent when the browser has made or found one. Without scripts these forms stay hidden.
/* global webauthnJSON */

async function options (form) {
  if (form.dataset.passkey === 'login') {
    const answer = await fetch(form.action, { headers: { Accept: 'application/json' } })
    return (await answer.json()).request_options
  }
  const data = JSON.parse(document.getElementById('passkey-options').textContent)
  if (form.dataset.passkey === 'get') return data.request_options
  const chosen = data.creation_options.publicKey.authenticatorSelection
  const alone = form.elements.passwordless.checked
  chosen.residentKey = alone ? 'required' : 'discouraged'
  chosen.requireResidentKey = alone
  if (alone) chosen.userVerification = 'required'
  return data.creation_options
}

for (const form of document.querySelectorAll('[data-passkey]')) {
  form.hidden = false
  form.addEventListener('submit', async event => {
    event.preventDefault()
    const failed = form.querySelector('[role=alert]')
    failed.hidden = true
    try {
      const ask = form.dataset.passkey === 'create' ? webauthnJSON.create : webauthnJSON.get
      form.elements.credential.value = JSON.stringify(await ask(await options(form)))
      form.submit()
    } catch {
      failed.hidden = false
    }
  })
}
