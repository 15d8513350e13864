using OrleansVectors.Faults;

return await FaultCommands.RunAsync(args, Console.Out, Console.Error).ConfigureAwait(false);
