// The till's own screen: what makes it quick. Without it every button still works.
;(() => {})()
