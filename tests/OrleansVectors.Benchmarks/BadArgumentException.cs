namespace OrleansVectors.Benchmarks;

/// <summary>An argument of the command line that cannot be used: the user's mistake, not ours.</summary>
/// <param name="argument">The option, such as <c>--truth</c>.</param>
/// <param name="problem">What is wrong with its value.</param>
internal sealed class BadArgumentException(string argument, string problem) : Exception($"{argument}: {problem}");
