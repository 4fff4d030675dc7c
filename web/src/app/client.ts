// Server state. What the server refused would be refused again; only what did not reach it is tried once more.
import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "../api/client";

export const client = new QueryClient({
  defaultOptions: {
    // Without a network a request fails at once and says so: waiting for it without a word would look like a fault.
    queries: {
      networkMode: "always",
      staleTime: 5_000,
      retry: (failures, error) =>
        failures < 2 &&
        error instanceof ApiError &&
        (error.problem.status === 0 || error.problem.status === 503),
    },
    mutations: { networkMode: "always", retry: false },
  },
});
