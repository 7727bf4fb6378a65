// The session seam: all that the runtime and the trainer know of an ONNX runtime.

/** What computes a graph. Which of them exist is for each backend to say. */
export type Provider = 'cpu' | 'cuda' | 'webgpu' | 'wasm' | 'coreml' | 'dml'

/** The typed array that holds each element type; a bool is a byte, 0 or 1. */
export interface TensorArrays {
  readonly float32: Float32Array
  readonly int32: Int32Array
  readonly int64: BigInt64Array
  readonly uint8: Uint8Array
  readonly bool: Uint8Array
}

/** Element types that cross the seam. */
export type TensorType = keyof TensorArrays

/**
 * A dense tensor, row-major; `dims` is empty for a scalar. `data` holds the product of `dims`
 * values. Checking `type` narrows `data`.
 */
export type TensorValue<T extends TensorType = TensorType> = {
  [K in T]: {
    readonly type: K
    readonly dims: readonly number[]
    readonly data: TensorArrays[K]
  }
}[T]

/**
 * An input or output of a session. A dimension known only at run time is its name, or the empty
 * string where it has none; `dims` is empty for a scalar and also where the rank is unknown. `type`
 * is ONNX's name of the element type, which may be one that cannot cross the seam.
 */
export interface SessionValue {
  readonly name: string
  readonly type: string
  readonly dims: readonly (number | string)[]
}

/** How to create a session. What is left out is the backend's choice. */
export interface SessionOptions {
  /** The one provider to create the session with; `cpu` or `wasm` where left out. */
  readonly provider?: Provider | undefined
  /**
   * Whether a node that the provider cannot compute is refused instead of being left to the CPU.
   * False where left out: even then, a provider that cannot start at all is an error.
   */
  readonly exclusive?: boolean | undefined
  /** Threads within one operator, at least 1. */
  readonly threads?: number | undefined
  /** How far onnxruntime may rewrite the graph; `all` where left out. */
  readonly graphOptimization?: 'disabled' | 'basic' | 'extended' | 'layout' | 'all' | undefined
  /** Write a profile on release, to a file whose name begins with this (where there are files). */
  readonly profile?: string | undefined
  /**
   * By the name of an output, the input that its value feeds in the next run. In between it stays where
   * the provider computes: on `webgpu` in buffers of the GPU, elsewhere in memory, since onnxruntime's
   * JavaScript leaves nothing on other devices. See {@link Session.run} and {@link Session.carried}.
   */
  readonly carried?: Readonly<Record<string, string>> | undefined
  /**
   * Further onnxruntime session options, as they are: they win over those above, but for
   * `threads` and `exclusive`.
   * `executionProviders` may carry settings of `provider`, and name no other.
   */
  readonly session?: Readonly<Record<string, unknown>> | undefined
}

/** One loaded graph. Runs are queued: one starts when the one before it has ended. */
export interface Session {
  /** The provider that the session was created with, alone. */
  readonly provider: Provider
  /** Threads within one operator. */
  readonly threads: number
  readonly inputs: readonly SessionValue[]
  readonly outputs: readonly SessionValue[]
  /**
   * Computes the named outputs, or all that are not carried, from a value for each input. Feeds must not
   * be written to until the promise settles. A carried input may be left out once a run has ended well:
   * it then has the value that the last one left; a feed takes its place.
   *
   * @throws RuntimeError (by rejection) on a missing, unknown or ill-shaped feed, an unknown output,
   * a failed computation, or after `release`
   */
  run(
    feeds: Readonly<Record<string, TensorValue>>,
    outputs?: readonly string[],
  ): Promise<Record<string, TensorValue>>
  /**
   * The values that the queued runs leave in the carried inputs, by input; none before the first run.
   * Where they are in memory they are no copies, and must not be written to.
   *
   * @throws RuntimeError (by rejection) where they cannot be read, or after `release`
   */
  carried(): Promise<Record<string, TensorValue>>
  /**
   * Frees the session and what it carries once the queued runs have ended; later runs are refused at once.
   * A further call does no more than wait for that.
   */
  release(): Promise<void>
}

/** What a runtime package supplies: sessions of exactly one onnxruntime. */
export interface SessionBackend {
  /** The onnxruntime behind it, for example `onnxruntime-node`. */
  readonly name: string
  /** Its version, where it tells. */
  readonly version?: string
  /** Providers that this onnxruntime was built with here; a machine may still lack what one needs. */
  readonly providers: readonly Provider[]
  /**
   * Loads a serialised ONNX model, whose bytes must not be written to until the promise settles. A model
   * that would have values read from other files is refused (`refuseExternalData`).
   *
   * @throws RuntimeError (by rejection) where the model cannot be loaded or the provider cannot
   * start: a session never falls back to another provider
   */
  createSession(model: Uint8Array, options?: SessionOptions): Promise<Session>
}
