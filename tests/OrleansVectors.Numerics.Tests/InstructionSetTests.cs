using System.Diagnostics;

namespace OrleansVectors.Numerics.Tests;

/// <summary>Runs this program's kernel tests again in child processes that were told to do without parts of the machine.</summary>
public sealed class InstructionSetTests
{
    private static readonly TimeSpan ChildTimeout = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task The_kernel_tests_pass_without(string instructionSet)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal)
                ? Path.Combine(AppContext.BaseDirectory, "OrleansVectors.Numerics.Tests")
                : Environment.ProcessPath)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-class");
        start.ArgumentList.Add(typeof(KernelAgreementTests).FullName!);
        start.ArgumentList.Add("-class");
        start.ArgumentList.Add(typeof(BatchKernelTests).FullName!);
        start.ArgumentList.Add("-class");
        start.ArgumentList.Add(typeof(Codes.CodeKernelTests).FullName!);
        start.ArgumentList.Add("-class");
        start.ArgumentList.Add(typeof(Codes.BFloat16KernelTests).FullName!);
        start.Environment[instructionSet] = "0";
        using var child = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(ChildTimeout);
        var output = child.StandardOutput.ReadToEndAsync(timeout.Token);
        var errors = child.StandardError.ReadToEndAsync(timeout.Token);
        try
        {
            await child.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            child.Kill();
            throw;
        }

        Assert.True(child.ExitCode == 0, $"{instructionSet}=0: exit code {child.ExitCode}\n{await output}\n{await errors}");
    }
}
