using System.CommandLine;
using OrleansVectors.Benchmarks.KernelSpeed;

var root = new RootCommand("Measures the engine alone, without a server.") { KernelsCommand.Create() };
return root.Parse(args).Invoke();
