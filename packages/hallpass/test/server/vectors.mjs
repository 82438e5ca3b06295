// Tokens that the real packages wrote with the secret `topsecret`: iat 1795431123, exp 1798023123.

/** A moment at which they hold, in milliseconds. */
export const THEN = 1_795_431_200_000;

/** The moment from which they do not. */
export const OVER = 1_798_023_123_000;

/** next-auth 3.29.10, as it writes by default. */
export const V3_SIGNED = [
  "eyJhbGciOiJIUzUxMiJ9.eyJuYW1lIjoiSiIsImVtYWlsIjoiakB4IiwicGljdHVyZSI6bnVsbCwic3ViIjoiNyIsImlhdCI6MTc",
  "5NTQzMTEyMywiZXhwIjoxNzk4MDIzMTIzfQ.dHhKnTtKLtT06nGQUatpmofOduS4xGkmossLdeTUNZNAUqZ8xUS9TC_XNVxqQ4L4",
  "deLl3FpOwgz8E2C_C2XJBQ",
].join("");

/** next-auth 3.29.10, with `jwt.encryption`. */
export const V3_SEALED = [
  "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIn0..N_KNRB-6d3j_RA0D.svycBaXg8RDp5pjr14THYR81zf",
  "qLzxKDiWXuq8V1sO39yWjlWOTRSH3yJxsJroFtnceOblhdlTvsjLsfRo3mJ1fAiLsAXLd-LA_wI_6Vi0ITn4E0KC3NBFS6Y0CdoT",
  "Dfcx7fGGQZLm6c3hMj0qXJuyrPIglkNAmdNBH2jSpjmskSWLYTVinmCBQLkyfRULBEHtBvWOCCmms.RpJQ9yyTmk1BhcQgtrKl_Q",
].join("");

/** next-auth 4.24.15. */
export const V4 = [
  "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..p8pYk85XA3VXKl0S.o5LzqOYMJPBicRM0ePMIlVOQUuTzpt45zWvX3uGi8c",
  "JnXNN38hj1kP-fjsvpiclGA0TydkQZugM8xdfpKokAT0ZcPg5ZvjnHRnNdSfyW_xR2_6GeTGxoKf7f7ex9DkUVPtpo3582QpKVJp",
  "ppuAoo0iv0g8iBF7V6lH9fwJXVLXWUjQ.1_SPhcy4e1IYkDg_2ECo9g",
].join("");

/** Auth.js 5, in the cookie `authjs.session-token`. */
export const V5 = [
  "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIiwia2lkIjoiUF9xUWhlRXZLb3o4QTNoSjgyRFZzSEJYNWtEU3JJMFpL",
  "UlRNa0FPaEpQR0lnYnVuOUQ3d0ZVc2xqYXlzSHlTM3RDNFlGUWZTbUhubzFmZWNtV2hETncifQ..Mrr2IeCC26lns7kSE5Gv_Q.2",
  "RVyvWHZlumeyzUtWE05gJc8r-fbxSGHib1r5vWs7JFLrx9qsAH-TgsChvlnwcoDqIa3yQWasGPtsC-kvvoJc6c_9SRY4Q_dwrrNQ",
  "2pi8Z9yLDOK5_NMq3VSpPcslbBGKDGOw69hsa2C4Qmy2TYjrfTRzhHGY_NB4wz4W-tm4jLlls69s8WahY7lMQnNepM1.zYNJLTyz",
  "fD-NmvKpD0_iR22V8pOm_NEO5maEAPxfUTA",
].join("");
