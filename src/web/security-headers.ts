/** What browsers are told never to do with our pages. `publicUrl`: whether they come by https. */
export function securityHeaders(publicUrl: string | undefined) {
  const isHttps = publicUrl?.startsWith('https:') ?? false
  const self = ["'self'"]
  const none = ["'none'"]
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        // Nothing is left to it but what has no directive of its own: Firefox takes a file of icons for that.
        defaultSrc: self,
        scriptSrc: self,
        styleSrc: self,
        imgSrc: self,
        connectSrc: self,
        fontSrc: self,
        manifestSrc: self,
        objectSrc: none,
        mediaSrc: none,
        workerSrc: none,
        childSrc: none,
        frameSrc: none,
        formAction: self,
        frameAncestors: none,
        baseUri: none,
        // Would turn a shop's plain http into dead links.
        upgradeInsecureRequests: isHttps ? [] : null
      }
    },
    // "no-referrer" would make browsers send "Origin: null" with our own forms.
    referrerPolicy: { policy: 'same-origin' as const },
    strictTransportSecurity: isHttps && { maxAge: 31_536_000 },
    crossOriginOpenerPolicy: isHttps && { policy: 'same-origin' as const },
    originAgentCluster: isHttps
  }
}
