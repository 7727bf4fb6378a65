// What Vite makes of style sheets and workers, for TypeScript.
/// <reference types="vite/client" />
