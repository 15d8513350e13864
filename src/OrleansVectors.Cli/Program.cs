Console.WriteLine("ov");
