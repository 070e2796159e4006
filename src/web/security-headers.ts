/** Headers that tell browsers what Clientele's pages never do. `publicUrl` tells whether they come by https. */
export function securityHeaders(publicUrl: string | undefined) {
  const isHttps = publicUrl?.startsWith('https:') ?? false
  const self = ["'self'"]
  const none = ["'none'"]
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        // This applies only to what has no directive of its own. Firefox counts an SVG file of icons among that.
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
        // Upgrading would make dead links of a shop's plain http.
        upgradeInsecureRequests: isHttps ? [] : null
      }
    },
    // With "no-referrer", browsers would send "Origin: null" with Clientele's own forms.
    referrerPolicy: { policy: 'same-origin' as const },
    strictTransportSecurity: isHttps && { maxAge: 31_536_000 },
    crossOriginOpenerPolicy: isHttps && { policy: 'same-origin' as const },
    originAgentCluster: isHttps
  }
}
