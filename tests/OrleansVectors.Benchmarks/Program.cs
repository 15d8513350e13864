Console.WriteLine("ann");
