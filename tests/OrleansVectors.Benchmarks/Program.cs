using OrleansVectors.Benchmarks;
using OrleansVectors.Benchmarks.Ann;

return BenchmarkCommands.Run(args, Console.Out, Console.Error, PassTimes.Ordinary);
