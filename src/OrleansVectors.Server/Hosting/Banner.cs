using OrleansVectors.Api;

namespace OrleansVectors.Server.Hosting;

/// <summary>What a started server prints for people (and for scripts that wait for it).</summary>
internal static class Banner
{
    public static void Print(TextWriter output, IReadOnlyList<string> addresses, string dataFolder)
    {
        output.WriteLine($"OrleansVectors {ProductVersion.Number} is ready");
        foreach (string address in addresses)
            output.WriteLine($"  listening  {address}");
        output.WriteLine($"  data       {dataFolder}");
        output.WriteLine($"  try it     {addresses[0]}/docs");
        output.Flush();
    }
}
